"""What AWS answers, as cases that run against any endpoint; each says where its answer is known from."""
